#pragma once

#include <QByteArrayList>
#include <QString>

namespace meseta::agent {

/// Everything below a folder, a line for each path in order: kind, mode, owner, size or target or
/// device, time, number of names, extended attributes, digest of the content. Two trees are equal
/// when their lines are.
QByteArrayList describeTree(const QString &root);

/// The lines that only one of two trees has, led by '-' and '+'; empty when they are equal.
QByteArray treeDifference(const QByteArrayList &expected, const QByteArrayList &found);

} // namespace meseta::agent
