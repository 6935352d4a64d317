/** Getting in and out. */

import { answer, api } from "@/shared/api/client";
import type { components } from "@/shared/api/schema";

type Schemas = components["schemas"];

/** The problem by which the server asks for the second factor. */
export const NEEDS_CODE = "totp_required";

export interface SignInDraft {
  email: string;
  password: string;
  code?: string;
  recovery_code?: string;
}

export const signIn = (draft: SignInDraft) =>
  answer(
    api.POST("/api/session", {
      body: { ...draft, code: draft.code || null, recovery_code: draft.recovery_code || null, kind: "web" },
    }),
  );

export const signOut = () => answer(api.DELETE("/api/session"));

export const askReset = (email: string) => answer(api.POST("/api/password-reset", { body: { email } }));

export const setPassword = (draft: Schemas["Reset"]) => answer(api.POST("/api/password-reset/confirm", { body: draft }));

export const lookAtInvitation = (token: string) => answer(api.POST("/api/invitation", { body: { token } }));

export const acceptInvitation = (draft: { token: string; name: string; password: string }) =>
  answer(
    api.POST("/api/invitation/accept", {
      body: { token: draft.token, name: draft.name || null, password: draft.password || null },
    }),
  );

export const firstRunState = () => answer(api.GET("/api/first-run"));

export const claimFirstRun = (draft: Schemas["FirstRunInput"]) => answer(api.POST("/api/first-run", { body: draft }));

export type ResidenceSeen = Schemas["ResidentInvitationOut"];

export const lookAtResidence = (token: string) => answer(api.POST("/api/resident/invitation", { body: { token } }));

export const acceptResidence = (token: string, password: string) =>
  answer(api.POST("/api/resident/invitation/accept", { body: { token, password: password || null } }));
