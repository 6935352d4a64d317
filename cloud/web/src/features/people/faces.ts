/** A person's face by which panels know them: consent and picture. */

import { answer, api } from "@/shared/api/client";
import type { components } from "@/shared/api/schema";

type Schemas = components["schemas"];
export type Face = Schemas["FaceOut"];
export type Consent = Schemas["ConsentOut"];

const of = (id: string) => ({ params: { path: { person_id: id } } });

export const faceOf = (id: string) => answer(api.GET("/api/people/{person_id}/face", of(id)));

export const giveConsent = (id: string, body: Schemas["PaperConsent"]) => answer(api.POST("/api/people/{person_id}/face/consent", { ...of(id), body }));

export const withdrawConsent = (id: string) => answer(api.DELETE("/api/people/{person_id}/face/consent", of(id)));

export function putPicture(id: string, file: File) {
  const form = new FormData();
  form.append("file", file);
  return answer(api.PUT("/api/people/{person_id}/face/picture", { ...of(id), body: { file: "" }, bodySerializer: () => form }));
}

export const removePicture = (id: string) => answer(api.DELETE("/api/people/{person_id}/face/picture", of(id)));

/** `stored`: a new picture is another address. */
export const pictureUrl = (id: string, stored: string) => `/api/people/${id}/face/picture#${stored}`;
