/** The screens before sign-in, and where each leads. Tokens of letters travel in the fragment: no server logs them. */

import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useLocation, useNavigate, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { AskReset, NewPassword } from "@/features/session/Reset";
import { ResidentInvitation } from "@/features/session/ResidentWelcome";
import { SignIn } from "@/features/session/SignIn";
import { FirstRun, Invitation } from "@/features/session/Welcome";
import type { Notice } from "./routes";

const signInRoute = getRouteApi("/sign-in");
const NOTICE = { password: "session.passwordSet", accepted: "session.accepted", first_run: "session.firstRunDone", ended: "session.ended" } as const;

export function SignInPage() {
  const { t } = useTranslation();
  const { next, notice } = signInRoute.useSearch();
  const client = useQueryClient();
  const router = useRouter();
  const text = notice ? t(NOTICE[notice]) : undefined;
  const enter = () => {
    client.clear();
    router.history.push(next ?? "/desk");
  };
  return <SignIn notice={text} onSignedIn={enter} />;
}

export function AskResetPage() {
  return <AskReset />;
}

function useToken(): string | undefined {
  const hash = useLocation({ select: (location) => location.hash });
  return hash || undefined;
}

function useToSignIn(notice: Notice): () => void {
  const navigate = useNavigate();
  return () => void navigate({ to: "/sign-in", search: { notice } });
}

export function NewPasswordPage() {
  return <NewPassword token={useToken()} onDone={useToSignIn("password")} />;
}

export function InvitationPage() {
  return <Invitation token={useToken()} onDone={useToSignIn("accepted")} />;
}

export function ResidentInvitationPage() {
  return <ResidentInvitation token={useToken()} />;
}

export function FirstRunPage() {
  return <FirstRun token={useToken()} onDone={useToSignIn("first_run")} />;
}
