import type { Translation } from "@/shared/i18n/shape";
import type { video as russian } from "../ru/video";

export const video: Translation<typeof russian> = {
  button: "Video",
  live: "{{lane}}: video now",
  passage: "Video of the passage: {{lane}}, {{time}}",
  waiting: "Starting the camera…",
  again: "Open again",
  fault: {
    ended: "The time to watch is up.",
    codec: "This browser cannot show the video of such a camera. The camera has to send H.264.",
    broken: "The video broke off: the camera or the box no longer answers.",
  },
};
