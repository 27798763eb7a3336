#pragma once

#include <string>

#include <QByteArray>

namespace meseta {

/// The media type a browser expects for a file of that name, by its extension;
/// application/octet-stream when unknown.
QByteArray contentTypeOf(const std::string &fileName);

} // namespace meseta
