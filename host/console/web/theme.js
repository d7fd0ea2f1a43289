// Before anything is painted, so that nobody who wants it dark sees it flash bright. A classic script: modules run later.
document.documentElement.dataset.theme = localStorage.getItem('coffer-theme') ?? 'system';
