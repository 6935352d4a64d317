/** A photo as it is kept: at most 1600 px, JPEG, drawn anew, so that nothing of its EXIF (place, phone) remains. */

const LONGEST_PX = 1_600;
const QUALITY = 0.85;

/** Width and height within the longest that is kept, as they were in proportion. */
export function within(width: number, height: number, longest = LONGEST_PX): [width: number, height: number] {
  const scale = Math.min(1, longest / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

export class NoPicture extends Error {}

/** Raises NoPicture for what is no picture to the browser. */
export async function shrink(source: Blob | HTMLVideoElement): Promise<Blob> {
  const picture = await createImageBitmap(source, { imageOrientation: "from-image" }).catch((cause: unknown) => {
    throw new NoPicture("no picture", { cause });
  });
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = within(picture.width, picture.height);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new NoPicture("not encoded"))), "image/jpeg", QUALITY));
}
