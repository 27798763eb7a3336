#pragma once

#include <QCoreApplication>
#include <QSettings>
#include <QStandardPaths>
#include <QString>

namespace meseta::console {

/// Settings and folders of a test's own, empty, apart from a person's: to be called before anything
/// of the console is made.
inline void useFreshSettings(const QString &test)
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("MesetaTest"));
    QCoreApplication::setApplicationName(test);
    QSettings().clear();
}

} // namespace meseta::console
