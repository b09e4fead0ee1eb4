"""The one judge, the walk through a history, the bundle, the trust policy and the verdict. Pure.

Everything that an answer depends on is handed in: bytes, trust policy, time. Nothing here asks for it.
"""
