/** What a catalogue must hold to be a translation of another; plural forms are each language's own affair. */

type Without = `${string}_few` | `${string}_many`;

export type Translation<T> = {
  [K in keyof T as K extends Without ? never : K]: T[K] extends string ? string : Translation<T[K]>;
};
