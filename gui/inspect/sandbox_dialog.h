#pragma once

#include <QDialog>
#include <QTemporaryDir>

#include "gui/inspect/file_reader.h"

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QTreeWidgetItem;

namespace meseta::console {

class FileCopy;
class SandboxTree;

/// The files of a task's sandbox as a tree, read folder by folder, with a look at the beginning of
/// the one that is selected. A file can be opened in the output, saved, or dragged out of the
/// window: for that, a copy is fetched while it is selected.
class SandboxDialog : public QDialog
{
    Q_OBJECT
public:
    /// Entries of one folder that are shown; what is beyond is told.
    static constexpr int mostEntries = 5000;
    static constexpr qint64 mostDragged = 16 * 1024 * 1024; ///< bytes of a file

    SandboxDialog(const QString &agent, const QString &folder, const QString &task,
                  QWidget *parent = nullptr);
    ~SandboxDialog() override;

    bool canDrag() const; ///< the selected file is there to be dragged out

Q_SIGNALS:
    void fileChosen(const QString &name); ///< relative to the sandbox

private:
    void load(QTreeWidgetItem *parent, const QString &folder);
    void addEntries(QTreeWidgetItem *parent, const QString &folder,
                    const QList<FileReader::Entry> &entries);
    void showCurrent();
    void preview(const QString &path);
    void fetch(const QString &path);
    void openCurrent();
    void saveCurrent();
    void saveTo(const QString &path, const QString &target);
    QString currentPath() const;

    QString m_agent;
    FileReader m_reader;
    QString m_folder;
    SandboxTree *m_tree;
    QPlainTextEdit *m_preview;
    QLabel *m_state;
    QPushButton *m_open;
    QPushButton *m_save;
    QTemporaryDir m_copies;
    FileCopy *m_copy = nullptr; // of the selected file, for a drag
    int m_shown = 0; // which selection the preview is asked for
};

} // namespace meseta::console
