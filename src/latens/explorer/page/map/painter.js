// Points as pixels. Thousands of small discs are faster written into memory than drawn by the browser, the
// more so where there is no graphics card.

const LARGEST = 8;

export class Painter {
  #image = null;

  /**
   * Draw the first points of a cloud, in its mixed order.
   *
   * `colors` has a pixel value for each point in that order, 0 for none; points whose `lifted` is 1 are
   * drawn after the others, unless it is null. `radius` and `view` are in pixels of the canvas.
   */
  paint(context, cloud, { camera, view, colors, lifted, isSquare, paper, radius, count }) {
    const disc = (isSquare ? squareOf : discOf)(Math.min(LARGEST, radius));
    const pixels = this.#pixels(view, disc.margin, paper);
    const plan = { camera, view, colors, stride: this.#image.width, disc, count };
    if (lifted === null) splat(pixels, cloud, plan, null, 0);
    else {
      splat(pixels, cloud, plan, lifted, 0);
      splat(pixels, cloud, plan, lifted, 1);
    }
    context.putImageData(this.#image, -disc.margin, -disc.margin);
  }

  /** Empty pixels, with a margin around them so that no disc needs to be cut at the border. */
  #pixels(view, margin, paper) {
    const [width, height] = [view.width + 2 * margin, view.height + 2 * margin];
    if (this.#image?.width !== width || this.#image.height !== height) {
      this.#image = new ImageData(width, height);
      this.pixels = new Int32Array(this.#image.data.buffer);
    }
    return this.pixels.fill(paper);
  }
}

function splat(pixels, cloud, { camera, view, colors, stride, disc, count }, lifted, level) {
  const { full, half } = discOffsets(disc, stride);
  const { drawnX, drawnY } = cloud;
  const scale = camera.scale(view);
  const left = view.width / 2 - camera.x * scale + 0.5;
  const top = view.height / 2 + camera.y * scale + 0.5;
  const reach = disc.margin >> 1;
  const [lowX, lowY, highX, highY] = [-reach, -reach, view.width + reach, view.height + reach];
  const origin = disc.margin * stride + disc.margin;
  const [nFull, nHalf] = [full.length, half.length];
  for (let i = 0; i < count; i++) {
    const color = colors[i];
    if (color === 0 || (lifted !== null && lifted[i] !== level)) continue;
    const x = Math.floor(left + drawnX[i] * scale);
    const y = Math.floor(top - drawnY[i] * scale);
    if (x < lowX || y < lowY || x >= highX || y >= highY) continue;
    const at = origin + y * stride + x;
    for (let k = 0; k < nFull; k++) pixels[at + full[k]] = color;
    const tint = (color >>> 1) & 0x7f7f7f7f;
    for (let k = 0; k < nHalf; k++) {
      const place = at + half[k];
      pixels[place] = (((pixels[place] >>> 1) & 0x7f7f7f7f) + tint) | 0xff000000;
    }
  }
}

/** The pixels of a disc: those inside, and those on its edge, which are mixed with what is there. */
function discOf(radius) {
  const reach = Math.ceil(radius);
  const inside = [];
  const edge = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const covered = radius + 0.5 - Math.hypot(dx, dy);
      if (covered >= 0.8) inside.push([dx, dy]);
      else if (covered >= 0.3) edge.push([dx, dy]);
    }
  }
  return { inside, edge, margin: 2 * (reach + 1) };
}

/** The pixels of a square of about the same area. */
function squareOf(radius) {
  const reach = Math.max(1, Math.round(0.85 * radius));
  const inside = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) inside.push([dx, dy]);
  }
  return { inside, edge: [], margin: 2 * (reach + 1) };
}

function discOffsets({ inside, edge }, stride) {
  const offsets = (places) => Int32Array.from(places, ([dx, dy]) => dy * stride + dx);
  return { full: offsets(inside), half: offsets(edge) };
}
