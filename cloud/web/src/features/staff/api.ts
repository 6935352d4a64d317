/** Staff of a company and their roles. */

import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "@/shared/api/client";
import type { PageQuery } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";

type Schemas = components["schemas"];
export type StaffRow = Schemas["StaffRow"];
export type Role = Schemas["Role"];
export type Guard = Schemas["GuardOut"];
export type GuardCard = Schemas["GuardCardOut"];
export type Permission = Schemas["Permission"];

export const listStaff = (query: PageQuery) => answer(api.GET("/api/staff", { params: { query } }));
export const listRoles = () => answer(api.GET("/api/roles"));
export const invite = (body: Schemas["Invite"]) => answer(api.POST("/api/staff", { body }));
export const changeStaff = (id: string, body: Schemas["StaffChange"]) =>
  answer(api.PATCH("/api/staff/{membership_id}", { params: { path: { membership_id: id } }, body }));
export const createRole = (body: Schemas["RoleInput"]) => answer(api.POST("/api/roles", { body }));
export const changeRole = (id: string, body: Schemas["RoleInput"]) =>
  answer(api.PUT("/api/roles/{role_id}", { params: { path: { role_id: id } }, body }));

/** How a colleague signs in at the gate. */
export const getGuard = (id: string) => answer(api.GET("/api/guards/{guard_id}", { params: { path: { guard_id: id } } }));
export const guardOf = (id: string) => queryOptions({ queryKey: ["staff", "guard", id], queryFn: () => getGuard(id) });
export const changeGuard = (id: string, body: Schemas["GuardDraft"]) =>
  answer(api.PUT("/api/guards/{guard_id}", { params: { path: { guard_id: id } }, body }));
export const setGuardPin = (id: string, pin: string | null) =>
  answer(api.POST("/api/guards/{guard_id}/pin", { params: { path: { guard_id: id } }, body: { pin } }));
export const addGuardCard = (id: string, body: Schemas["CardDraft"]) =>
  answer(api.POST("/api/guards/{guard_id}/cards", { params: { path: { guard_id: id } }, body }));
export const removeGuardCard = (id: string, cardId: string) =>
  answer(api.DELETE("/api/guards/{guard_id}/cards/{card_id}", { params: { path: { guard_id: id, card_id: cardId } } }));
