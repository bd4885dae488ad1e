"""One tumour's flow: typed values in, typed records out. What a step, the command and a notebook call.

`copy_number.measure_copy_number`, `variants.call_variants` and `annotation.annotate`, each in its module, so that who
needs one of them loads no more. Nothing here reads an outcome.
"""
