"""Makes src/test/resources/org/sparkrnn/weights/keras with h5py (3.7.0 was used), in the layouts of
Keras' own hdf5_format.py (Keras 2) and saving_lib.py (Keras 3)."""
import sys
import zipfile

import h5py
import numpy as np

out = sys.argv[1]
rng = np.random.RandomState(3)


def numbers(*shape):
    return rng.uniform(-1, 1, shape).astype("<f4")


kernel, recurrent, bias = numbers(3, 8), numbers(2, 8), numbers(8)


def keras2(f, **options):
    f.attrs["layer_names"] = [b"lstm_1", b"flatten", b"dense_1"]
    f.attrs["keras_version"] = b"2.2.4"
    f.create_group("flatten").attrs["weight_names"] = np.zeros(0)
    g = f.create_group("lstm_1")
    # Keras cuts lists of more than 64512 bytes so.
    g.attrs["weight_names0"] = [b"lstm_1/kernel:0", b"lstm_1/recurrent_kernel:0"]
    g.attrs["weight_names1"] = [b"lstm_1/bias:0"]
    for name, value in ("kernel", kernel), ("recurrent_kernel", recurrent), ("bias", bias):
        g.create_dataset("lstm_1/" + name + ":0", data=value, **(options if value.ndim else {}))
    g = f.create_group("dense_1")
    g.attrs["weight_names"] = [b"dense_1/kernel:0", b"dense_1/bias:0"]
    g.create_dataset("dense_1/kernel:0", data=np.arange(6).reshape(2, 3) / 4)
    g.create_dataset("dense_1/bias:0", data=np.arange(3).astype(">f2"))
    f.create_dataset("steps", data=np.int64(7))


with h5py.File(out + "/weights.h5", "w") as f:
    keras2(f)
with h5py.File(out + "/latest_gzip.h5", "w", libver="latest") as f:
    keras2(f, compression="gzip", shuffle=True, fletcher32=True)
with h5py.File(out + "/links.h5", "w") as f:
    f["elsewhere"] = h5py.ExternalLink("/etc/passwd", "/")
    f["soft"] = h5py.SoftLink("/good")
    f.create_dataset("good", data=kernel)
    f["loop/inner"] = f
with h5py.File(out + "/bomb.h5", "w") as f:
    f.create_dataset("zeros", (1 << 27,), "<f4", chunks=(1 << 20,), compression="gzip")
with h5py.File(out + "/model.weights.h5", "w") as f:
    for path, value in {
        "layers/lstm/cell/vars/0": kernel,
        "layers/lstm/cell/vars/1": recurrent,
        "layers/lstm/cell/vars/2": bias,
        "layers/dense/vars/0": numbers(2, 3),
        "layers/dense/vars/1": numbers(3),
        "layers/embedding/vars/0": numbers(5, 3),
        "optimizer/vars/0": np.int64(3),
    }.items():
        f[path] = value
    f["layers/dense/vars"].attrs["name"] = "head"
    f.create_group("layers/lstm/vars").attrs["name"] = "lstm_7"
for name, method in ("stored", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(f"{out}/{name}.keras", "w", method) as z:
        z.writestr("metadata.json", '{"keras_version": "3.9.2"}')
        z.writestr("config.json", '{"class_name": "Sequential"}')
        z.write(out + "/model.weights.h5", "model.weights.h5")
