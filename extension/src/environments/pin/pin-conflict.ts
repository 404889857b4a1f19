/** Has somebody else changed the pin in the file since this page read or wrote it? Pure. */
import { isSamePin, type IPin } from './pin-metadata.js';

/**
 * @param saved - In the file as this page knows it.
 * @param onDisk - In the file now.
 * @param next - To be written; null: none.
 * @returns whether the person must choose. What is there already is no conflict.
 */
export function isPinConflict(saved: IPin | null, onDisk: IPin | null, next: IPin | null): boolean {
  return !isSamePin(saved, onDisk) && !isSamePin(onDisk, next);
}
