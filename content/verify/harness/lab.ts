// What runnable blocks may import as '#lab', so that their visible lines are about the fact and not the ceremony.
import 'reflect-metadata';
import { Module, type INestApplication, type ModuleMetadata, type NestApplicationOptions, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import supertest from 'supertest';

/** A quiet app from a module or its metadata, started, with a supertest client for it. */
export async function boot(
  root: ModuleMetadata | Type,
  configure?: (app: INestApplication) => void,
  options: NestApplicationOptions = {},
) {
  const app = await NestFactory.create(typeof root === 'function' ? root : moduleOf(root), {
    logger: false,
    abortOnError: false,
    ...options,
  });
  configure?.(app);
  await app.init();
  return { app, http: supertest(app.getHttpServer()), close: () => app.close() };
}

function moduleOf(metadata: ModuleMetadata): Type {
  class Root {}
  Module(metadata)(Root);
  return Root;
}

/** Where a block notes what happened, in order. */
export const log: string[] = [];
