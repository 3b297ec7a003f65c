import pytest
import torch

_WITHOUT_ROW = (torch.nn.ReLU, torch.nn.Identity)


@pytest.fixture
def layer_shapes():
    """The layers that a module runs through, with the shapes that they give, without the batch."""

    def run(module, shape):
        seen = []
        hooks = [
            layer.register_forward_hook(
                lambda layer, _, output: seen.append((type(layer).__name__, *output.shape[1:]))
            )
            for layer in module.modules()
            if type(layer) is not torch.nn.Sequential
            and not isinstance(layer, _WITHOUT_ROW)
            and type(layer).__name__ != "SamePadding"
        ]
        module.eval()(torch.rand(2, *shape))
        for hook in hooks:
            hook.remove()
        return seen

    return run


@pytest.fixture
def count_parameters():
    """Total and trained numbers of modules as Keras counts them: with running means and variances."""

    def count(*modules):
        together = torch.nn.ModuleList(modules)
        trained = sum(parameter.numel() for parameter in together.parameters())
        kept = sum(
            buffer.numel()
            for name, buffer in together.named_buffers()
            if name.endswith(("running_mean", "running_var"))
        )
        return trained + kept, trained

    return count
