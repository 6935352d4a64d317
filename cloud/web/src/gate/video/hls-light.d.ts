// The light build ships no types of its own; it is the whole one without captions, second tracks and key systems.
declare module "hls.js/light" {
  export { default } from "hls.js";
  export * from "hls.js";
}
