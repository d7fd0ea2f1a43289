// What pages build on, ours and those of third parties: import from '/console/assets/coffer.js'. What is exported here stays
// within a major version of the SDK; every other module of the frame may change. A page is a module whose default export is a
// component; it gets `rest`, what stands behind its own address: '12' at /console/projects/12.

export { h, render, Fragment, createContext } from './vendor/preact.js';
export {
  useCallback, useContext, useEffect, useId, useLayoutEffect, useMemo, useReducer, useRef, useState,
} from './vendor/preact-hooks.js';
export { html } from './frame/html.js';

export { api, ApiProblem, newIdempotencyKey, Unreachable } from './frame/api.js';
export { can, canSomewhere, refreshPages, useSession } from './frame/session.js';
export { go, Link, setQuery, useAddress } from './frame/address.js';
export { notify } from './frame/notice.js';

export { Button, IconButton } from './parts/button.js';
export { Combobox } from './parts/combobox.js';
export { Conflict } from './parts/conflict.js';
export { Copy, CopyValue } from './parts/copy.js';
export { Confirm, Dialog, FormFoot } from './parts/dialog.js';
export { Badge, Details, Empty, PageHead, Progress, Skeleton } from './parts/layout.js';
export { AreaField, CheckField, Field, SearchField, SecretField, SelectField, TextField, useForm } from './parts/field.js';
export { Icon } from './parts/icon.js';
export { OrganizationSelect, useOrganizations } from './parts/organization-select.js';
export { Problem, useTask } from './parts/problem.js';
export { DataTable, useList } from './parts/table.js';
export { Tabs } from './parts/tabs.js';
export { exactTime, plural, Time } from './parts/time.js';
