#include "gui/widgets/message_row.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

#include "gui/widgets/icons.h"
#include "gui/widgets/sign_painter.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr int shortWhileMs = 8000;
constexpr int longWhileMs = 30000; // troubles, and what can be undone

} // namespace

MessageRow::MessageRow(QWidget *parent)
    : QWidget(parent), m_text(new QLabel), m_action(new QPushButton), m_close(new QToolButton)
{
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_action->setObjectName(QStringLiteral("messageAction"));
    m_close->setIcon(icon(QStringLiteral("close")));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(Theme::Large + 20, 6, Theme::Small, 6);
    row->addWidget(m_text, 1);
    row->addWidget(m_action);
    row->addWidget(m_close);
    m_hide.setSingleShot(true);
    connect(&m_hide, &QTimer::timeout, this, &MessageRow::leave);
    connect(m_close, &QToolButton::clicked, this, &MessageRow::leave);
    connect(m_action, &QPushButton::clicked, this, &MessageRow::runAction);
    translate();
    hide();
}

void MessageRow::translate()
{
    m_close->setToolTip(tr("Close"));
    m_close->setAccessibleName(tr("Close"));
}

void MessageRow::show(Tone tone, const QString &text, const QString &actionTitle,
                      std::function<void()> run)
{
    m_tone = tone;
    m_run = std::move(run);
    m_text->setText(text);
    setAccessibleName(text);
    m_action->setText(actionTitle);
    m_action->setVisible(!actionTitle.isEmpty());
    m_hide.start(tone == Tone::Bad || m_run ? longWhileMs : shortWhileMs);
    setVisible(true);
    update();
}

QString MessageRow::text() const
{
    return m_text->text();
}

void MessageRow::runAction()
{
    const auto run = std::exchange(m_run, nullptr);
    leave();
    if (run)
        run();
}

void MessageRow::leave()
{
    m_hide.stop();
    hide();
    Q_EMIT hidden();
}

void MessageRow::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), Theme::notice(m_tone));
    const Sign sign = m_tone == Tone::Bad ? Sign::Cross
        : m_tone == Tone::Busy            ? Sign::Triangle
        : m_tone == Tone::Good            ? Sign::Check
                                          : Sign::Dot;
    paintSign(&painter, QRectF(Theme::Large, 0, 12, height()),
              {m_tone == Tone::Neutral ? Tone::Accent : m_tone, sign});
}

void MessageRow::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        translate();
    QWidget::changeEvent(event);
}

} // namespace meseta::console
