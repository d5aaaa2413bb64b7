"""Makes src/test/resources/org/sparkrnn/weights/pytorch with PyTorch (1.13 was used).

Also written as .npz: what each network gives for x, batch first.
"""
import os
import sys

import numpy as np
import torch
from torch import nn

out = sys.argv[1]
torch.manual_seed(5)


def expected(name, module, x):
    y, state = module(x)
    state = state if isinstance(state, tuple) else (state,)
    arrays = {"x": x, "y": y}
    for key, value in zip("hc", state):
        arrays[key] = value
    np.savez(f"{out}/{name}.expected.npz", **{k: v.detach().numpy() for k, v in arrays.items()})


x = torch.randn(2, 4, 3)
for name, module in {
    "lstm": nn.LSTM(3, 2, batch_first=True),
    "lstm2bi": nn.LSTM(3, 2, num_layers=2, bidirectional=True, batch_first=True),
    "lstm_proj": nn.LSTM(3, 4, proj_size=2, batch_first=True),
    "gru": nn.GRU(3, 2, batch_first=True),
    "gru2": nn.GRU(3, 2, num_layers=2, batch_first=True),
    "rnn_relu_nobias": nn.RNN(3, 2, nonlinearity="relu", bias=False, batch_first=True),
}.items():
    torch.save(module.state_dict(), f"{out}/{name}.pth")
    expected(name, module, x)
    if name == "lstm2bi":
        torch.save(module.state_dict(), f"{out}/stream.pth", _use_new_zipfile_serialization=False)
        torch.save(module, f"{out}/module.pt")
        torch.jit.script(module).save(f"{out}/script.pt")
        optimizer = torch.optim.Adam(module.parameters())
        module(x)[0].sum().backward()
        optimizer.step()
        checkpoint = {
            "epoch": 3,
            "loss": 0.25,
            "best": float("inf"),
            "optimizer": optimizer.state_dict(),
            "model_state_dict": nn.DataParallel(module).state_dict(),
            "args": {"rate": 1e-3, "names": ["a", None, True], "dtype": torch.float16},
        }
        torch.save(checkpoint, f"{out}/checkpoint.pt")

base = torch.arange(24, dtype=torch.float32).reshape(4, 6) / 4
types = {
    "plain": base,
    "rows": base[1:3],
    "columns": base[:, 1:3],
    "transposed": base.t(),
    "every_other": base[::2, ::3],
    "expanded": base[:1].expand(3, 6),
    "half": base.half(),
    "bfloat16": base.bfloat16(),
    "double": base.double(),
    "long": base.long(),
    "bool": base > 1,
    "scalar": torch.tensor(0.5),
    "empty": torch.zeros(0, 3),
    "parameter": nn.Parameter(base[0]),
    "list": [base[0], {"deep": base[1]}],
}
torch.save(types, f"{out}/types.pt")
torch.save(types, f"{out}/types_stream.pt", _use_new_zipfile_serialization=False)


class Evil:
    def __reduce__(self):
        return os.system, ("touch /tmp/spark-rnn-was-here",)


torch.save({"evil": Evil(), "good": base}, f"{out}/evil.pt")
torch.save({"evil": Evil(), "good": base}, f"{out}/evil_stream.pt", _use_new_zipfile_serialization=False)
