/** Pictures larger than that are read at this size; a QR code needs no more. */
const MAX_EDGE = 1_600;

/** The text of the QR code in a frame or picture; undefined where there is none. */
export async function readQr(source: ImageBitmap | HTMLVideoElement): Promise<string | undefined> {
  const [width, height] =
    'videoWidth' in source ? [source.videoWidth, source.videoHeight] : [source.width, source.height];
  const scale = Math.min(1, MAX_EDGE / Math.max(width, height, 1));
  const size = { width: Math.floor(width * scale), height: Math.floor(height * scale) };
  if (size.width === 0 || size.height === 0) return undefined;
  const canvas = Object.assign(document.createElement('canvas'), size);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context?.drawImage(source, 0, 0, size.width, size.height);
  const image = context?.getImageData(0, 0, size.width, size.height);
  // Only who scans needs the decoder.
  const { default: decodeQr } = await import('qr/decode.js');
  try {
    return image && decodeQr(image);
  } catch {
    return undefined;
  }
}
