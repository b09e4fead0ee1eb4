"""Step 7 of the judge: what the adopted rule sets ask of a statement, and what stays open. Pure.

`books` holds the adopted documents, `scene` what a statement is about, `facts` the answers to what rules ask, `asking`
the rules asked, `pending` what can still be done or was adopted late. Nothing here refuses a statement.
"""
