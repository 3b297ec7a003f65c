import torch

from latens.networks import MLP, Deterministic, Rectifier, TopK


def test_a_rectifier_is_a_relu_whose_silent_units_hear_what_would_wake_them():
    h = torch.tensor([-1.0, -1.0, 2.0, 2.0], requires_grad=True)
    z = Rectifier()(h)
    assert z.tolist() == [0, 0, 2, 2]
    z.backward(torch.tensor([-1.0, 1.0, -1.0, 1.0]))
    # Pushed further down, a unit would never be answered, and its weights would grow without end.
    torch.testing.assert_close(h.grad, torch.tensor([-0.1, 0.0, -1.0, 1.0]))


def test_top_k_keeps_the_largest_by_size_with_their_sign():
    bottleneck = TopK(MLP(()).build((4,), 4), latent_dim=4, k=2)
    with torch.no_grad():
        bottleneck.head.weight.copy_(torch.eye(4))
        bottleneck.head.bias.zero_()
    z = bottleneck(torch.tensor([[0.1, -3.0, 2.0, -0.5]])).z
    assert z.tolist() == [[0.0, -3.0, 2.0, 0.0]]


def test_a_prescribed_head_takes_the_place_of_the_linear_map():
    from dataclasses import replace

    parts = MLP(()).build((4,), 4)
    assert isinstance(Deterministic(parts, 3).head, torch.nn.Linear)
    head = torch.nn.Identity()
    assert Deterministic(replace(parts, head=head), 3).head is head
