import pytest

from latens.networks.pyramid import plan_pyramid


@pytest.mark.parametrize(
    ("size", "stages"), [((7, 7), 1), ((8, 3), 1), ((28, 28), 2), ((100, 60), 4), ((3000, 2), 6)]
)
def test_stages_are_added_until_the_longer_side_is_small(size, stages):
    assert len(plan_pyramid("ConvNet", (1, *size), None).sizes) == stages + 1


def test_the_way_up_is_the_way_down_in_reverse():
    pyramid = plan_pyramid("ConvNet", (3, 21, 10), (4, 5, 6))
    assert pyramid.steps_down() == [(3, 4), (4, 5), (5, 6)]
    assert [(step.n_in, step.n_out, step.size) for step in pyramid.steps_up()] == [
        (6, 5, (6, 3)),
        (5, 4, (11, 5)),
        (4, 4, (21, 10)),
    ]
    assert pyramid.top == (6, 3, 2)
