// The explorer on its own server, which also has the pictures in full size.

import { mount } from "../explorer.js";
import { explain } from "./reading.js";

const host = document.getElementById("latens-explorer");
fetch("data")
  .then((answer) => {
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    return answer.arrayBuffer();
  })
  .then((buffer) => {
    const imageUrl = "images" in host.dataset ? (point) => `images/${point}` : null;
    mount(host, buffer, { alone: true, inAddress: true, imageUrl });
  })
  .catch((error) => explain(host, error));
