#pragma once

#include <QDialog>

namespace meseta::console {

/// Language, look and notifications. Everything takes effect at once.
class SettingsDialog : public QDialog
{
    Q_OBJECT
public:
    explicit SettingsDialog(QWidget *parent = nullptr);

Q_SIGNALS:
    void lookChanged();
};

/// The console's version, licence and parts.
class AboutDialog : public QDialog
{
    Q_OBJECT
public:
    explicit AboutDialog(QWidget *parent = nullptr);
};

/// Every shortcut of a window, by what it does.
class ShortcutsDialog : public QDialog
{
    Q_OBJECT
public:
    ShortcutsDialog(const QList<QAction *> &actions, QWidget *parent = nullptr);
};

} // namespace meseta::console
