"""The service: a published ledger, and its private side for members, over HTTP.

Routes are plain data (`exchange.Endpoint`) over functions that know nothing of a web framework; `app` makes an ASGI
application of them, `running` serves it. Both load their libraries (the extra `service`) only when called.
"""
