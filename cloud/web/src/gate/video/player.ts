/** HLS in a browser: by the library where media sources are to be had, else (Safari) by the browser itself. */

import Hls, { type ErrorData } from "hls.js/light";

/** `ended`: the token has run out, or the session; `codec`: no browser here shows what this camera sends. */
export type Fault = "ended" | "codec" | "broken";

const FORBIDDEN = new Set([401, 403]);

/** Plays until what is returned is called. A fault ends it, too. */
export function play(element: HTMLVideoElement, playlist: string, onFault: (fault: Fault) => void): () => void {
  return Hls.isSupported() ? playByLibrary(element, playlist, onFault) : playByItself(element, playlist, onFault);
}

function playByLibrary(element: HTMLVideoElement, playlist: string, onFault: (fault: Fault) => void): () => void {
  const hls = new Hls({ enableWorker: false }); // the page's policy lets no worker in that is not a file
  let recovered = false;
  hls.on(Hls.Events.ERROR, (_event, error) => {
    if (error.fatal && error.type === Hls.ErrorTypes.MEDIA_ERROR && !recovered) {
      recovered = true;
      hls.recoverMediaError();
      return;
    }
    const fault = faultOf(error);
    if (!fault) return;
    hls.destroy();
    onFault(fault);
  });
  hls.loadSource(playlist);
  hls.attachMedia(element);
  return () => hls.destroy();
}

function playByItself(element: HTMLVideoElement, playlist: string, onFault: (fault: Fault) => void): () => void {
  const failed = () => onFault(element.error?.code === MediaError.MEDIA_ERR_NETWORK ? "broken" : "codec");
  element.addEventListener("error", failed);
  element.src = playlist;
  return () => {
    element.removeEventListener("error", failed);
    element.removeAttribute("src");
    element.load();
  };
}

export function faultOf({ response, fatal, type }: Pick<ErrorData, "fatal" | "type"> & Partial<Pick<ErrorData, "response">>): Fault | null {
  if (response?.code && FORBIDDEN.has(response.code)) return "ended";
  if (!fatal) return null;
  return type === Hls.ErrorTypes.MEDIA_ERROR ? "codec" : "broken";
}
