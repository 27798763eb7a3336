#pragma once

#include <QLineEdit>

#include "gui/model/filter.h"

class QCompleter;
class QStringListModel;

namespace meseta::console {

/// Where a filter is typed: completes columns and values, shows by its edge and a tooltip when
/// something cannot be read.
class FilterBar : public QLineEdit
{
    Q_OBJECT
public:
    explicit FilterBar(const TableSource &source, QWidget *parent = nullptr);

    void showProblem(const std::optional<Filter::Problem> &problem);
    void translate();

protected:
    void inputMethodEvent(QInputMethodEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void offer();
    void insertCandidate(const QString &candidate);

    const TableSource &m_source;
    QCompleter *m_completer;
    QStringListModel *m_candidates;
    qsizetype m_start = 0;
};

} // namespace meseta::console
