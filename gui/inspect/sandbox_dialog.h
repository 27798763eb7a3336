#pragma once

#include <QDialog>

#include "gui/inspect/file_reader.h"

class QFile;
class QLabel;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace meseta::console {

/// The files of a task's sandbox as a tree, read folder by folder. A file can be opened in the
/// output, or saved here.
class SandboxDialog : public QDialog
{
    Q_OBJECT
public:
    SandboxDialog(const QString &agent, const QString &folder, const QString &task,
                  QWidget *parent = nullptr);
    ~SandboxDialog() override;

Q_SIGNALS:
    void fileChosen(const QString &name); ///< relative to the sandbox

private:
    void load(QTreeWidgetItem *parent, const QString &folder);
    void openCurrent();
    void saveCurrent();
    void savePart(const QString &path, qint64 offset);
    QString currentPath() const;

    FileReader m_reader;
    QString m_folder;
    QTreeWidget *m_tree;
    QLabel *m_state;
    QPushButton *m_open;
    QPushButton *m_save;
    std::unique_ptr<QFile> m_target;
};

} // namespace meseta::console
