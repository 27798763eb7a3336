#pragma once

#include <functional>

#include <QTimer>
#include <QWidget>

#include "gui/model/look.h"

class QLabel;
class QPushButton;
class QToolButton;

namespace meseta::console {

/// One message of a MessageBar; hides itself after a while.
class MessageRow : public QWidget
{
    Q_OBJECT
public:
    explicit MessageRow(QWidget *parent = nullptr);

    void show(Tone tone, const QString &text, const QString &actionTitle,
              std::function<void()> run);
    void setSubject(const QString &subject) { m_subject = subject; }
    QString subject() const { return m_subject; }
    bool hasAction() const { return static_cast<bool>(m_run); }
    void leave();
    QString text() const;
    void runAction();

Q_SIGNALS:
    void hidden();

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void translate();

    QTimer m_hide;
    QString m_subject;
    Tone m_tone = Tone::Neutral;
    std::function<void()> m_run;
    QLabel *m_text;
    QPushButton *m_action;
    QToolButton *m_close;
};

} // namespace meseta::console
