#include "gui/widgets/filter_bar.h"

#include <QAbstractItemView>
#include <QAction>
#include <QCompleter>
#include <QKeyEvent>
#include <QStringListModel>
#include <QStyle>

#include "gui/widgets/icons.h"

namespace meseta::console {

namespace {

/// The signs of the language as Chinese input methods write them, in their usual width; what stands
/// in quotes is meant as it is.
QString withPlainSigns(QString line, bool quoted)
{
    static const QString wide = QStringLiteral("：，＞＜＝！－");
    static const QString plain = QStringLiteral(":,><=!-");
    for (QChar &letter : line) {
        if (letter == QLatin1Char('"'))
            quoted = !quoted;
        const qsizetype at = quoted ? -1 : wide.indexOf(letter);
        if (at >= 0)
            letter = plain[at];
    }
    return line;
}

} // namespace

FilterBar::FilterBar(const TableSource &source, QWidget *parent)
    : QLineEdit(parent)
    , m_source(source)
    , m_completer(new QCompleter(this))
    , m_candidates(new QStringListModel(this))
{
    setClearButtonEnabled(true);
    addAction(icon(QStringLiteral("filter")), QLineEdit::LeadingPosition);
    m_completer->setModel(m_candidates);
    m_completer->setWidget(this);
    m_completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    m_completer->setMaxVisibleItems(10);
    connect(m_completer, qOverload<const QString &>(&QCompleter::activated), this,
            &FilterBar::insertCandidate);
    connect(this, &QLineEdit::textEdited, this, &FilterBar::offer);
    translate();
}

void FilterBar::translate()
{
    setPlaceholderText(tr("Filter, for example state:failed cpus>2"));
    setAccessibleName(tr("Filter"));
    setAccessibleDescription(tr("Words to search for, and columns to compare: state:failed, "
                                "cpus>2, mem<=512M, updated<5m, -word."));
}

void FilterBar::showProblem(const std::optional<Filter::Problem> &problem)
{
    setProperty("wrong", problem.has_value());
    setToolTip(problem ? problem->text.toHtmlEscaped() : QString());
    style()->unpolish(this);
    style()->polish(this);
}

void FilterBar::offer()
{
    const FilterCompletion completion = completeFilter(text(), cursorPosition(), m_source);
    m_start = completion.start;
    m_candidates->setStringList(completion.candidates);
    if (completion.candidates.isEmpty()) {
        m_completer->popup()->hide();
        return;
    }
    m_completer->complete();
}

void FilterBar::insertCandidate(const QString &candidate)
{
    QString line = text();
    line.replace(m_start, cursorPosition() - m_start, candidate);
    setText(line);
    setCursorPosition(static_cast<int>(m_start + candidate.size()));
    const QChar last = candidate.back();
    if (last == QLatin1Char(':'))
        offer(); // now its values
}

void FilterBar::inputMethodEvent(QInputMethodEvent *event)
{
    const bool quoted = text().left(cursorPosition()).count(QLatin1Char('"')) % 2 == 1;
    QInputMethodEvent plain(event->preeditString(), event->attributes());
    plain.setCommitString(withPlainSigns(event->commitString(), quoted), event->replacementStart(),
                          event->replacementLength());
    QLineEdit::inputMethodEvent(&plain);
}

void FilterBar::keyPressEvent(QKeyEvent *event)
{
    QAbstractItemView *popup = m_completer->popup();
    const bool completing = popup->isVisible();
    if (completing && event->key() == Qt::Key_Tab) {
        const QModelIndex current = popup->currentIndex();
        insertCandidate(m_candidates->stringList().value(current.isValid() ? current.row() : 0));
        popup->hide();
        return;
    }
    if (completing
        && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter
            || event->key() == Qt::Key_Escape)) {
        event->ignore(); // the completer's
        return;
    }
    if (event->key() == Qt::Key_Escape && !text().isEmpty()) {
        clear();
        return;
    }
    QLineEdit::keyPressEvent(event);
}

} // namespace meseta::console
