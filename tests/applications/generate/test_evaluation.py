"""Judging samples, features with names, and sets for other models to learn from."""

import numpy as np
import pytest
from PIL import Image

from latens.applications import (
    ClassMixtureSampler,
    VariationSampler,
    added_accuracy,
    augment,
    evaluate_samples,
    learnt_features,
)
from latens.applications.generate import PcaModel, compare_models, evaluation, raw_features
from latens.applications.generate.files import check_replaceable, write_images, write_rows
from latens.exceptions import DataError, ParameterError, RunError
from latens.training import Trainer


def test_real_samples_score_like_real_samples_and_noise_does_not(rng):
    train, test, real = rng.normal(size=(3, 400, 4))
    sets = {"real": real, "wide": 3 * real, "one mode": 0.1 * real, "copies": train + 1e-9}
    found = evaluate_samples(train, test, sets)
    floor = found.held_out
    assert found.n_samples == 200
    assert found.scores["real"].frechet_distance < 3 * floor.frechet_distance
    assert found.scores["wide"].frechet_distance > 10 * floor.frechet_distance
    assert found.scores["wide"].precision < 0.6 < found.scores["wide"].recall
    assert found.scores["one mode"].coverage < 0.2 < found.scores["one mode"].precision
    assert found.scores["copies"].share_closer == 1
    assert found.scores["copies"].authenticity == 0
    assert found.scores["real"].share_closer < 0.05
    copies, originals = found.closest["copies"]
    np.testing.assert_allclose(copies, originals, atol=1e-6)


def test_the_same_seed_gives_the_same_scores(rng):
    train, test, new = rng.normal(size=(3, 100, 2))
    first, second = (evaluate_samples(train, test, new, random_state=5) for _ in range(2))
    assert first.scores == second.scores
    assert list(first.scores) == ["generated"]


def test_images_that_are_all_alike_have_features_too():
    trainer = Trainer(max_epochs=1, callbacks=())
    X = np.full((60, 4, 4), 7, np.uint8)
    features = learnt_features(X, numbers=3, trainer=trainer)
    assert np.isfinite(features.of(X)).all()


def test_features_say_what_they_learned_from_and_tell_classes_apart(images, classes):
    trainer = Trainer(max_epochs=8, callbacks=())
    settings = {"data": "digits", "numbers": 16, "trainer": trainer}
    labeled = learnt_features(images[:1000], classes[:1000], **settings)
    assert labeled.name == "16 features of a network trained to tell the labels of digits"
    blind = learnt_features(images[:1000], **settings)
    assert blind.name == "16 features of a network trained to tell 50 clusters of digits"
    for features in (labeled, blind):
        threes, eights = (images[1000:][classes[1000:] == c] for c in (3, 8))
        sets = {"three": threes[:40], "eight": eights[:40]}
        found = evaluate_samples(images[:1000], threes[40:], sets, features).scores
        assert found["three"].frechet_distance < 0.5 * found["eight"].frechet_distance


def test_models_stand_in_one_table_with_pca(autoencoder, vae, images):
    trainer = Trainer(max_epochs=2, callbacks=())
    features = learnt_features(images[:1200], numbers=8, trainer=trainer)
    models = {"ae": autoencoder, "vae": vae}
    found = compare_models(models, images[:1200], images[1200:], features)
    assert list(found.scores) == [
        "ae, mixture",
        "vae, prior",
        "vae, mixture",
        "PCA of 3 dimensions, mixture",
        "PCA of 6 dimensions, mixture",
    ]
    assert found.n_samples == (1797 - 1200) // 2
    floor = found.held_out.frechet_distance
    assert all(one.frechet_distance > floor for one in found.scores.values())


def test_pca_reconstructs_what_lies_in_its_plane(rng):
    X = rng.normal(size=(50, 2)) @ rng.normal(size=(2, 5)) + 7
    model = PcaModel(2).fit(X)
    np.testing.assert_allclose(model.inverse_transform(model.transform(X)), X, atol=1e-9)
    wide = rng.random(size=(30, 50, 60))  # more columns than a covariance is made of
    model = PcaModel(29).fit(wide)
    np.testing.assert_allclose(model.inverse_transform(model.transform(wide)), wide, atol=1e-6)
    assert np.isfinite(PcaModel(2).fit(np.ones((9, 4))).codes_).all()


@pytest.mark.parametrize(
    ("train", "test", "new", "words"),
    [
        ((50, 3), (50, 3), (50, 4), "one shape"),
        ((50, 3), (50, 3), (9, 3), "generated must have at least 10 samples. Got 9"),
        ((50, 3), (19, 3), (50, 3), "real_test must have at least 20 samples. Got 19"),
    ],
)
def test_what_cannot_be_judged(train, test, new, words):
    with pytest.raises(DataError, match=words):
        evaluate_samples(np.zeros(train), np.zeros(test), np.zeros(new))


def test_nothing_to_judge_and_constant_data():
    with pytest.raises(DataError, match="no generated samples"):
        evaluate_samples(np.zeros((50, 3)), np.zeros((50, 3)), {})
    same = evaluate_samples(np.ones((50, 3)), np.ones((50, 3)), np.ones((50, 3)))
    assert same.scores["generated"].frechet_distance == 0
    assert same.scores["generated"].precision == 1


@pytest.mark.parametrize("sampler", [ClassMixtureSampler(random_state=0), VariationSampler()])
def test_an_augmented_set_is_balanced_and_its_labels_are_true(
    autoencoder, images, classes, sampler
):
    X, y = images[:600], classes[:600]
    sampler.fit(autoencoder, X, y)
    X_new, y_new = augment(sampler, y, 203, random_state=0)
    counts = np.bincount(y_new)
    assert X_new.shape == (203, 8, 8)
    assert counts.max() - counts.min() <= 1
    found = added_accuracy(X[:100], y[:100], X_new, y_new, images[1200:], classes[1200:])
    # New samples of rows that the hundred do not hold: they must help.
    assert found.added > 0
    shuffled = np.random.default_rng(0).permutation(y_new)
    wrong = added_accuracy(X[:100], y[:100], X_new, shuffled, images[1200:], classes[1200:])
    assert wrong.real == found.real
    assert wrong.added < found.added


def test_bad_sets(autoencoder, images, classes):
    sampler = VariationSampler().fit(autoencoder, images[:100], classes[:100])
    for n in (0, 9):
        with pytest.raises(ParameterError, match=rf"\[10, inf\). Got {n} instead"):
            augment(sampler, classes, n)
    one = np.zeros(10, dtype=int)
    with pytest.raises(DataError, match="at least 2 different classes"):
        added_accuracy(images[:10], one, images[:10], one, images[:10], one)
    with pytest.raises(DataError, match="X_new and its labels"):
        added_accuracy(images[:10], one, images[:10], one[:3], images[:10], one)
    with pytest.raises(DataError, match="one kind"):
        added_accuracy(images[:10], one, images[:10], one.astype(str), images[:10], one)


@pytest.mark.parametrize("channels", [(), (2,), (3,)])
def test_images_are_written_one_by_one_and_on_a_sheet(tmp_path, rng, channels):
    images = rng.integers(0, 256, (11, 6, 5, *channels), dtype=np.uint8)
    write_images(tmp_path / "a" / "new", images, columns=4)
    names = sorted(path.name for path in (tmp_path / "a" / "new").iterdir())
    assert names == [*(f"{number:02}.png" for number in range(11)), "sheet.png"]
    with Image.open(tmp_path / "a" / "new" / "10.png") as image:
        read = np.asarray(image)
    expected = images[10][..., 0] if channels == (2,) else images[10]
    np.testing.assert_array_equal(read, expected)
    with Image.open(tmp_path / "a" / "new" / "sheet.png") as sheet:
        assert sheet.size == (4 * 6 - 1, 3 * 7 - 1)
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["new"]


def test_nothing_of_anybody_is_lost(tmp_path, rng):
    images = rng.integers(0, 256, (2, 4, 4), dtype=np.uint8)
    write_images(tmp_path / "new", images, columns=2)
    with pytest.raises(RunError, match="exists already"):
        check_replaceable(tmp_path / "new", overwrite=False)
    check_replaceable(tmp_path / "new", overwrite=True)
    (tmp_path / "new" / "thesis.tex").write_text("years of work")
    with pytest.raises(RunError, match="more than generated images"):
        check_replaceable(tmp_path / "new", overwrite=True)
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot be written"):
        write_rows(tmp_path / "file" / "rows.npz", np.zeros((2, 2)))


def test_the_features_are_of_the_seed(rng, monkeypatch):
    given = []
    monkeypatch.setattr(
        evaluation,
        "learnt_features",
        lambda X, y, *, random_state: given.append(random_state) or raw_features(X),
    )
    train, test, new = rng.normal(size=(3, 40, 2, 2))
    evaluate_samples(train, test, new, random_state=5)
    assert given == [5]
