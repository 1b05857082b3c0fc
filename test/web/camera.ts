import { writeFileSync } from 'node:fs';
import encodeQr from 'qr';

const [WIDTH, HEIGHT] = [640, 480];
const [WHITE, BLACK, NO_COLOUR] = [235, 16, 128];

/** Holds the QR code of a text before the camera: a YUV4MPEG2 video of one frame, which Chromium repeats. */
export function holdBefore(camera: string, text: string): void {
  const modules = encodeQr(text, 'raw', { ecc: 'medium', border: 4 });
  const edge = Math.floor(HEIGHT / modules.length);
  const luma = Buffer.alloc(WIDTH * HEIGHT, WHITE);
  for (let y = 0; y < edge * modules.length; y++) {
    for (let x = 0; x < edge * modules.length; x++) {
      if (modules[Math.floor(y / edge)]?.[Math.floor(x / edge)]) luma[y * WIDTH + x] = BLACK;
    }
  }
  const chroma = Buffer.alloc((WIDTH * HEIGHT) / 2, NO_COLOUR);
  const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F30:1 Ip A1:1 C420jpeg\nFRAME\n`);
  writeFileSync(camera, Buffer.concat([head, luma, chroma]));
}
