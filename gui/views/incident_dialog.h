#pragma once

#include <QDialog>

#include "gui/session/incident_file.h"

class QComboBox;
class QDateTimeEdit;
class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace meseta::console {

/// Saves a span of a recording as one file for others, and says what is in it and what is not.
class IncidentDialog : public QDialog
{
    Q_OBJECT
public:
    /// `head` holds the cluster, its notes and failovers; `until` of it is the newest moment.
    IncidentDialog(std::unique_ptr<EventFile> recording, const IncidentHead &head,
                   QWidget *parent = nullptr);
    ~IncidentDialog() override;

    void saveTo(const QString &file);

Q_SIGNALS:
    void saved(const QString &file);

private:
    QWidget *momentsRow();
    IncidentHead chosen() const;
    void describe();
    void askForFile();

    std::unique_ptr<EventFile> m_recording;
    IncidentHead m_head;
    QComboBox *m_span;
    QWidget *m_moments; ///< shown for a span from one moment to another
    QDateTimeEdit *m_from = nullptr;
    QDateTimeEdit *m_until = nullptr;
    QPlainTextEdit *m_words;
    QLabel *m_contents;
    QLabel *m_problem;
    QPushButton *m_save;
};

/// What stands at the head of an incident file that was opened.
class IncidentNotes : public QDialog
{
    Q_OBJECT
public:
    explicit IncidentNotes(const IncidentHead &head, QWidget *parent = nullptr);
};

} // namespace meseta::console
