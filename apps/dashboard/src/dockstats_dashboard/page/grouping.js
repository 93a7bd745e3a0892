/**
 * All that a grouped table needs and another one does not, in one module that comes on demand.
 *
 * Not here: any of it (groups, table-group).
 */

export { groupValue, groupsOf, lineOf, totalsOf } from "./groups.js";
export { TableGroup } from "./table-group.js";
