"""Block diagrams of architectures, derived from their code.

`tracing` runs a module and records which operation used what (this needs torch), `flow` makes a graph of it in which
loops are closed, `axes` names sizes, `levels` opens and folds modules until a picture has 5 to 25 boxes. The result is
evidence; without torch, `naming` finds the entries that boxes are about, `layout` places them, and `drawing` writes
SVG.
"""
