/** My own account. */

import { answer, api } from "@/shared/api/client";
import type { components } from "@/shared/api/schema";

type Schemas = components["schemas"];
export type Session = Schemas["SessionOfMine"];

export const mySessions = async () => (await answer(api.GET("/api/account/sessions"))).items;
export const endSession = (id: string) =>
  answer(api.DELETE("/api/account/sessions/{session_id}", { params: { path: { session_id: id } } }));
export const endOthers = () => answer(api.DELETE("/api/account/sessions"));
export const leaveCompany = (id: string) =>
  answer(api.DELETE("/api/account/companies/{organisation_id}", { params: { path: { organisation_id: id } } }));
export const changePassword = (body: Schemas["PasswordChange"]) => answer(api.POST("/api/account/password", { body }));
export const beginTotp = () => answer(api.POST("/api/account/totp"));
export const confirmTotp = (code: string) => answer(api.POST("/api/account/totp/confirm", { body: { code } }));
export const removeTotp = (body: Schemas["TotpRemoval"]) => answer(api.POST("/api/account/totp/remove", { body }));
