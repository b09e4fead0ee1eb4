"""Treaty rules as data: which substance is what, and where it is listed on which date. Pure: bytes in, values out.

The data stands in `specs/substances`; whoever loads it hands the bytes in. Every statement of the data carries its
source and how well it is known, and nothing here forgets that on the way to an answer.
"""
