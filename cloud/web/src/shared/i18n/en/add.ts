export const add = {
  site: "Add a site",
  blocked: "Add to the blacklist",
  card: "Add a card",
  person: "Add a resident",
  colleague: "Invite a colleague",
  meter: "Add a meter",
};
