"""Tensor functions by what they mean for a picture: these compute nothing, or in a way of their own."""

PASSED = frozenset({
    "H", "T", "alias", "alpha_dropout", "as_subclass", "atleast_2d", "broadcast_to", "chunk", "clone", "constant",
    "contiguous", "data", "detach", "diagonal", "double", "dropout", "dropout1d", "dropout2d", "dropout3d",
    "dsplit", "expand", "expand_as", "feature_dropout", "fill_diagonal", "flatten", "flip", "float", "grad",
    "hsplit", "imag", "iter", "mT", "masked_fill", "meshgrid", "moveaxis", "movedim", "nan_to_num", "narrow",
    "numpy_T", "pad", "permute", "positive", "ravel", "real", "repeat", "repeat_interleave", "requires_grad",
    "requires_grad_", "reshape", "reshape_as", "roll", "select", "split", "split_with_sizes", "squeeze", "stack",
    "swapaxes", "t", "tensor_split", "tile", "to", "transpose", "type", "type_as", "unbind", "unflatten", "unfold",
    "unsqueeze", "view", "view_as", "view_as_complex", "view_as_real", "vsplit",
})  # fmt: skip
"""Operations that change only the form of what they get, or hide some of it."""
INDEXED = frozenset({
    "gather", "getitem", "index_select", "take", "take_along_dim",
})  # fmt: skip
"""Operations that choose by numbers, which come from the data or not."""
FILLED = frozenset({
    "arange", "device", "dim", "dtype", "empty", "empty_like", "eye", "full", "full_like", "linspace", "ndim",
    "new_empty", "new_full", "new_ones", "new_tensor", "new_zeros", "numel", "ones", "ones_like", "shape", "size",
    "tensor", "zeros", "zeros_like",
})  # fmt: skip
"""Operations whose results hold nothing of what they get but its shape."""
DRAWN = frozenset({
    "bernoulli", "multinomial", "normal", "rand", "rand_like", "randint", "randn", "randn_like", "uniform",
})  # fmt: skip
"""Operations that draw at random."""
JOINED = frozenset({
    "cat", "concat", "concatenate", "hstack", "vstack",
})  # fmt: skip
"""Operations that put tensors beside each other."""
HOLDERS = ("torch.nn.modules.container:Parameter",)
"""Lists of parameters, which are no modules of their own."""
