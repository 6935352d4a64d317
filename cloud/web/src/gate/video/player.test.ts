import Hls from "hls.js/light";
import { describe, expect, it } from "vitest";

import { faultOf } from "./player";

const refused = (code: number) => ({ url: "", code, text: "", data: "" });
const { NETWORK_ERROR, MEDIA_ERROR } = Hls.ErrorTypes;

describe("what ends a video", () => {
  it("is its time, whatever the player makes of the refusal", () => {
    expect(faultOf({ type: NETWORK_ERROR, fatal: false, response: refused(403) })).toBe("ended");
    expect(faultOf({ type: NETWORK_ERROR, fatal: true, response: refused(401) })).toBe("ended");
  });

  it("is no hiccup", () => {
    expect(faultOf({ type: NETWORK_ERROR, fatal: false, response: refused(503) })).toBeNull();
    expect(faultOf({ type: MEDIA_ERROR, fatal: false })).toBeNull();
  });

  it("is told apart: the line, or what the camera sends", () => {
    expect(faultOf({ type: NETWORK_ERROR, fatal: true })).toBe("broken");
    expect(faultOf({ type: MEDIA_ERROR, fatal: true })).toBe("codec");
  });
});
