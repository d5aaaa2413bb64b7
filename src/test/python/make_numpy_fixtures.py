"""Makes src/test/resources/org/sparkrnn/weights/numpy with NumPy (2.4.6 was used).

Every array holds k / 4 at flat index k in C's order, so that a test can tell its order.
"""
import sys

import numpy as np

out = sys.argv[1]
c = np.arange(24).reshape(2, 3, 4) / 4
arrays = {
    "f4": c.astype("<f4"),
    "f8": c.astype("<f8"),
    "f2": c.astype("<f2"),
    "f4_big": c.astype(">f4"),
    "f2_big": c.astype(">f2"),
    "f8_fortran": np.asfortranarray(c.astype("<f8")),
    "f4_big_fortran": np.asfortranarray(c.astype(">f4")),
    "scalar": np.float32(0.5),
    "empty": np.zeros((0, 3), "<f4"),
    "rnn/kernel": c[0].astype("<f4"),
    "i8": np.arange(3),
    "text": np.array(["a", "bc"]),
    "flags": np.array([True]),
    "complex": np.array([1j]),
}
np.savez(out + "/stored.npz", **arrays)
np.savez_compressed(out + "/deflated.npz", **arrays)
np.savez(out + "/objects.npz", good=arrays["f4"], bad=np.array([{}, print], dtype=object))
np.save(out + "/plain.npy", arrays["f4"])
with open(out + "/version2.npy", "wb") as f:
    np.lib.format.write_array(f, arrays["f8_fortran"], (2, 0))
with open(out + "/version3.npy", "wb") as f:
    np.lib.format.write_array(f, np.zeros(1, [("ä", "<f4")]), (3, 0))
