"""x"""

from visit import Visit


def test_x():
    v = Visit("check")
    print(v.words, v.buttons, v.app.exception)
    v.press("Start the check")
    print(v.app.exception, v.data("check")["count"], v.data("check")["asked"]["why"], v.app.query_params)
