#pragma once

#include <QByteArray>
#include <QString>

namespace meseta::test {

/// What the newest run of this executor (or of the task that has none) wrote, of all agents below
/// the folder.
QByteArray outputOf(const QString &folder, const QString &executor);

} // namespace meseta::test
