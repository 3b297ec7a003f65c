"""Network E in Keras 3 on TensorFlow, trained by `fit`."""

import os
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

import keras
import numpy as np
from keras import layers


def prepare(settings):
    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).integers(0, 256, (settings["images"], 28, 28, 1)) / np.float32(255)
    model = network()
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy")

    def run():
        start = time.perf_counter()
        model.fit(x, x, batch_size=settings["batch"], epochs=1, verbose=0)
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "images/s": len(x) / seconds}

    run()  # graphs and memory
    return run


def network():
    def convolutions(kernel, *channels):
        return [layers.Conv2D(n, kernel, padding="same", activation="relu") for n in channels]

    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            *convolutions(3, 32, 32),
            layers.MaxPooling2D(2),
            layers.BatchNormalization(),
            *convolutions(3, 32, 32),
            *convolutions(2, 32),
            layers.MaxPooling2D(2),
            layers.BatchNormalization(),
            *convolutions(2, 16, 4, 1),
            layers.Flatten(),
            layers.Dense(6, activation="relu"),
            layers.Dense(4, activation="relu"),
            layers.Reshape((2, 2, 1)),
            *convolutions(2, 4, 16),
            layers.BatchNormalization(),
            layers.UpSampling2D(7),
            *convolutions(3, 32, 32, 32),
            layers.BatchNormalization(),
            layers.UpSampling2D(2),
            *convolutions(3, 32, 32),
            layers.Conv2D(1, 3, padding="same", activation="sigmoid"),
        ]
    )
    assert model.count_params() == 77_522, model.count_params()
    return model
