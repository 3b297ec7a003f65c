"""Search by likeness: an index of codes, of vectors, of sparse features or of bits.

`similarity_index` is the door. Behind it stand stores with one contract (`store`): `dense_store`,
`sparse_store`, `graph_store` (approximate) and `bit_store`.
"""
