/** Staff of a company and their roles. */

import { answer, api } from "@/shared/api/client";
import type { PageQuery } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";

type Schemas = components["schemas"];
export type StaffRow = Schemas["StaffRow"];
export type Role = Schemas["Role"];
export type Permission = Schemas["Permission"];

export const listStaff = (query: PageQuery) => answer(api.GET("/api/staff", { params: { query } }));
export const listRoles = () => answer(api.GET("/api/roles"));
export const invite = (body: Schemas["Invite"]) => answer(api.POST("/api/staff", { body }));
export const changeStaff = (id: string, body: Schemas["StaffChange"]) =>
  answer(api.PATCH("/api/staff/{membership_id}", { params: { path: { membership_id: id } }, body }));
export const createRole = (body: Schemas["RoleInput"]) => answer(api.POST("/api/roles", { body }));
export const changeRole = (id: string, body: Schemas["RoleInput"]) =>
  answer(api.PUT("/api/roles/{role_id}", { params: { path: { role_id: id } }, body }));
