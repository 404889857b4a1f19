/** The builder gives the text of an SVG file. */
declare module '*.svg' {
  const svg: string;
  export { svg as default };
}
