"""The Backend Engineer Roadmap as a self-assessment: tick, level, gaps, drill, report, review."""
