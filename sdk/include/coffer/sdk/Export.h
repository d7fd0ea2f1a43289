#pragma once

/// Marks what libcoffer-sdk.so exports. Everything else is hidden: plugins are built with hidden visibility.
#define COFFER_API __attribute__((visibility("default")))
