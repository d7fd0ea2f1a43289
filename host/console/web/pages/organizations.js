import { canSomewhere, html, PageHead, Tabs } from '/console/assets/coffer.js';
import { Mine } from './organizations/mine.js';
import { Organizations } from './organizations/list.js';
import { People } from './organizations/people.js';
import { Robots } from './organizations/robots.js';
import { texts as words } from './organizations/texts.js';


// As the routes' permissions have it; one's own tokens are everybody's.
const views = [
  { path: 'organizations', View: Organizations, isShown: () => canSomewhere('read') },
  { path: 'people', View: People, isShown: () => canSomewhere('govern') },
  { path: 'robots', View: Robots, isShown: () => canSomewhere('operate') },
  { path: 'mine', View: Mine, isShown: () => true },
];

export default function OrganizationsAndAccess({ rest }) {
  const offered = views.filter(view => view.isShown());
  const { path, View } = offered.find(view => view.path === rest) ?? offered[0];
  const tabs = offered.map(view =>
    ({ href: `/console/organizations/${view.path}`, title: words.tabs[view.path],
      isCurrent: view.path === path }));
  return html`
    <${PageHead} title=${words.title}>${words.head}<//>
    <${Tabs} label=${words.tabs.label} tabs=${tabs} />
    <${View} key=${path} />`;
}
